"""The chain of one virtual person as SBML, so that any other simulator can check it."""

from endplate.export.sbml.write import courses_text as courses_text
from endplate.export.sbml.write import exported_person as exported_person
from endplate.export.sbml.write import sbml_text as sbml_text
from endplate.export.sbml.write import write_courses as write_courses
from endplate.export.sbml.write import write_sbml as write_sbml

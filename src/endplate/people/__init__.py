"""Virtual people: who they are, what a plan does in them, run in chunks of one compiled shape."""

from endplate.people.preview import preview as preview
from endplate.people.preview import warm as warm
from endplate.people.simulate import command_of as command_of
from endplate.people.simulate import simulate as simulate
from endplate.results.result import Result as Result

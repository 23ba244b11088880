"""The REST interface and the CDS Hooks service, installed on the app that serves the pages."""

from endplate.web.api.install import install as install
from endplate.web.api.install import is_api_path as is_api_path
from endplate.web.origin import host_allowed as host_allowed
from endplate.web.origin import origin_allowed as origin_allowed
from endplate.web.origin import security_headers as security_headers
from endplate.web.settings import Settings as Settings

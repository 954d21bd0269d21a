"""What would be refused, or paid for nothing, if a request were sent now; and how to repair it.

Everything is looked at here: no file leaves this machine, and no address is fetched. What an
endpoint takes is the catalogue's; what its maker and practice add to that says where it is from.
"""

from photoplay.preflight.arguments import parse_arguments, read_arguments
from photoplay.preflight.checking import check
from photoplay.preflight.findings import Finding, Severity, report
from photoplay.preflight.repairing import Repaired, repair
from photoplay.preflight.retouching import Retouching, parse_colour

__all__ = [
    "Finding",
    "Repaired",
    "Retouching",
    "Severity",
    "check",
    "parse_arguments",
    "parse_colour",
    "read_arguments",
    "repair",
    "report",
]

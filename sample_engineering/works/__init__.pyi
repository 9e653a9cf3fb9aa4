from .work import Work as Work
from .work import Works as Works
from .work import works as works

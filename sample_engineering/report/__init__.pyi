from .page import render_page as render_page
from .page import write_report as write_report
from .run import Run as Run

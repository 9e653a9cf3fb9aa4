"""From a run folder to tables, figures and one HTML page."""

from sample_engineering.report.page import render_page, write_report
from sample_engineering.report.run import Run

__all__ = ["Run", "render_page", "write_report"]

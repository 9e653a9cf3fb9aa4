"""Images of problems on a page: small copies, drawn anew, within the page itself."""

from sample_engineering.errors import SampleEngineeringError
from sample_engineering.images import Image
from sample_engineering.markup import Markup, tag

_SIDE = 320  # pixels


def shown_image(image: Image) -> Markup:
    """Return an image as an element; in words where it cannot be drawn."""
    about = f"{image.width} x {image.height} pixels, {image.media_type}"
    try:
        source = image.thumbnail(_SIDE)
    except SampleEngineeringError as error:
        return tag("p", f"An image that cannot be shown: {error}", class_="note")
    return tag("figure", tag("img", src=source, alt=f"image of the problem, {about}", title=about))

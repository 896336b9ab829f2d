"""Taking an upload in without filling memory or disk: what is too large is counted, not kept."""

from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from intake.uploads.limits import MOST_BYTES


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Stops writing a file once it is over the limit, so that a form can still name it."""

    file: TemporaryUploadedFile

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.kept <= MOST_BYTES:
            self.file.write(raw_data)
            self.kept += len(raw_data)

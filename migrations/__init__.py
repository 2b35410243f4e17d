"""SQL migrations, applied in order under a lock; see `runner`."""

"""The laws of design §10, held over pages that hypothesis composes and over real ones where they are at hand."""

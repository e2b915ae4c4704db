"""The laws (docs/design.md, The laws that tests hold), held over pages that hypothesis composes and over real ones where they are at hand."""

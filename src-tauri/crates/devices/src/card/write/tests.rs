//! What the parts of the write say no to, each in its own test.

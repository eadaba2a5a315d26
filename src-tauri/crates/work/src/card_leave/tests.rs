//! What leave is good for, and for which orders it is asked.

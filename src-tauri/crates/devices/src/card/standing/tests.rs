//! Every standing, and what a meter did in between.

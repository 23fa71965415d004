//! Every path of the machine, and random ones.

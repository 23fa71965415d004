//! The binary interface of GM/T 0016: structures as they lie in memory, and the functions of a loaded
//! library.

pub mod functions;
pub mod structures;

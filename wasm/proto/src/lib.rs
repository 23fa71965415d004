//! Wire types of every message, limits, time-outs and the error catalogue of Yinxin.

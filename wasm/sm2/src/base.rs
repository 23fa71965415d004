//! The base point.

use crate::number::Number;

/// The window for the base point, and how many of its multiples that needs: G, 3G, …, 63G.
pub(crate) const WIDTH: usize = 7;
pub(crate) const COUNT: usize = 1 << (WIDTH - 2);

/// x and y of G (GB/T 32918.5-2017, clause 2).
pub(crate) const POINT: [Number; 2] = [
    [
        0x715a_4589_334c_74c7,
        0x8fe3_0bbf_f266_0be1,
        0x5f99_0446_6a39_c994,
        0x32c4_ae2c_1f19_8119,
    ],
    [
        0x02df_32e5_2139_f0a0,
        0xd0a9_877c_c62a_4740,
        0x59bd_cee3_6b69_2153,
        0xbc37_36a2_f4f6_779c,
    ],
];

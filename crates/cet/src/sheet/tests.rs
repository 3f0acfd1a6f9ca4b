//! Files as schools send them, and as nobody should.

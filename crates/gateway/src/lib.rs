//! Wire formats of the two payment gateways.

//! The other side of both payment protocols, for rehearsals.

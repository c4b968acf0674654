//! Nothing here: this package exists for the tests beside it.

"""What tests of IODs need: synthetic images (`phantom`) and the checks of `conformance`."""

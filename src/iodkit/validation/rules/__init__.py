"""The kernel's rules: what any object must keep that tables of attributes cannot say."""

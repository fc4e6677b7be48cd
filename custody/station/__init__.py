"""An officer at work: keys, drafts, signatures, bundles; imports no other wing."""

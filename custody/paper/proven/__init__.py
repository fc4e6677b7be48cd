"""What a paper rests on: facts, scope and evidence, proven before anything is drawn."""

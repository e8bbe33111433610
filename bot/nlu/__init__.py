"""Understanding: normalise, segment, classify topics, detect risk; train and evaluate."""

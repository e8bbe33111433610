"""Notices disclosures: rules over normalised text together with a linear model, explainable by both."""

"""Classes, quizzes, pushes and results: what rule-of-law vice principals teach with."""

"""The pages on which vice principals teach: schools, classes, quizzes, pushes, the classroom."""

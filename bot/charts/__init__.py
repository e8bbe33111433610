"""Charts for pages and documents: what is drawn as plain data, and the drawing in a process of its own."""

"""What members write: topics as text files with threads and pieces of replies, and what fills their gaps."""

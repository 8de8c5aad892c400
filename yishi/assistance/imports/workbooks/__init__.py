"""What workbooks of the campaign say: the columns of each kind by their headings, and what a row of them means."""

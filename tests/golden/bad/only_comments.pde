# to be written
# tomorrow

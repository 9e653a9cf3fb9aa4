"""What results look like on paper and on a page: both wings, in the parts of `report`."""

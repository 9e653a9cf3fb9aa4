"""What a training needs: memory, disk and time, from the shape of its model."""

from django.db import models  # pyright: ignore[reportMissingImports]


class Order(models.Model):
    total_amount = models.BigIntegerField()
    grants = models.IntegerField(default=0)
    """How often the product was opened."""

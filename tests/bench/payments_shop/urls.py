from django.db.models import F  # pyright: ignore[reportMissingImports]
from django.urls import path  # pyright: ignore[reportMissingImports]
from payme.models import PaymeTransactions  # pyright: ignore[reportMissingImports]
from payme.views import PaymeWebHookAPIView  # pyright: ignore[reportMissingImports]
from payments_shop.models import Order


class Payme(PaymeWebHookAPIView):
    """Opens the product by counting; else says nothing, because the library's own hooks print every call."""

    def handle_pre_payment(self, params, result, *args, **kwargs):
        pass

    def handle_created_payment(self, params, result, *args, **kwargs):
        pass

    def handle_successfully_payment(self, params, result, *args, **kwargs):
        transaction = PaymeTransactions.get_by_transaction_id(params["id"])
        Order.objects.filter(pk=transaction.account_id).update(grants=F("grants") + 1)


urlpatterns = [path("payme", Payme.as_view())]

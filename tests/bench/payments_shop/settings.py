"""Everything that costs time and is not needed is left out: sessions, messages, the admin's pages, debugging."""

import os

SECRET_KEY = "a shop of the benchmark"
ALLOWED_HOSTS = ["127.0.0.1"]
DEBUG = False
USE_TZ = True
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "rest_framework", "payme", "payments_shop"]
# It writes Content-Length, without which a connection cannot be kept.
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "payments_shop.urls"
WSGI_APPLICATION = "django.core.wsgi.get_wsgi_application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": os.environ["SHOP_DATABASE_HOST"],
        "USER": os.environ["SHOP_DATABASE_USER"],
        "NAME": os.environ["SHOP_DATABASE_NAME"],
        # Without it every request would open a connection of its own.
        "CONN_MAX_AGE": None,
    }
}
PAYME_ID = "bench"
PAYME_KEY = os.environ["PAYME_KEY"]
PAYME_ACCOUNT_FIELD = "order_id"
PAYME_AMOUNT_FIELD = "total_amount"
PAYME_ACCOUNT_MODEL = "payments_shop.models.Order"
PAYME_ONE_TIME_PAYMENT = True
PAYME_DISABLE_ADMIN = True

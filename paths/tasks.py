from celery import shared_task

from paths import services as paths


@shared_task(name="paths.recompute_levels")
def recompute_levels() -> int:
    """Path levels follow the curves of their paths. Running it twice changes nothing."""
    return paths.recompute_levels()

"""The timetable of the drills: what moves DGT or leaves the database, every second and each time twice (L22)."""

from degentalk.celery import app

TASKS = (
    "core.deliver_outbox", "xp.pay_pending_rewards", "wallet.seal", "wallet.refresh_board", "payments.settle_waiting",
)  # fmt: skip

app.conf.beat_schedule = {
    f"{task} {time}": {"task": task, "schedule": 1.0} for task in TASKS for time in ("once", "again")
}

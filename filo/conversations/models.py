"""Message, Case, Delivery and what hangs on them, as rows."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

EMPTY = models.Value({}, models.JSONField())


class Case(models.Model):
    """One matter inside a customer's thread, with exactly one owner."""

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    team = models.ForeignKey("staff.Team", models.PROTECT, related_name="+")
    channel = models.ForeignKey("channels.Channel", models.PROTECT, related_name="+")
    matter = models.TextField(db_default="")
    subject = models.TextField(db_default="")
    status = models.TextField(db_default="open")
    owner_type = models.TextField(db_default="queue")
    owner = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    restricted = models.BooleanField(db_default=False)
    due_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(db_default=Now())
    replied_at = models.DateTimeField(null=True)  # our first answer
    solved_at = models.DateTimeField(null=True)
    last_message = models.BigIntegerField(null=True)
    last_at = models.DateTimeField(db_default=Now())
    last_text = models.TextField(db_default="")
    last_direction = models.TextField(db_default="in")
    unread = models.IntegerField(db_default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "matter"],
                condition=~Q(status="solved"),
                name="one_unsolved_case_a_matter",
            ),
            models.CheckConstraint(
                condition=Q(owner_type="person", owner__isnull=False)
                | Q(owner_type__in=["queue", "bot"], owner__isnull=True),
                name="exactly_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "waiting", "snoozed", "solved"]),
                name="case_status_is_known",
            ),
        )
        indexes = (
            models.Index(
                fields=["team", "due_at", "id"],
                condition=~Q(status="solved"),
                name="case_due",
            ),
            models.Index(fields=["team", "last_at", "id"], name="case_recent"),
            models.Index(
                fields=["owner", "due_at", "id"],
                include=["status"],
                condition=Q(owner__isnull=False) & ~Q(status="solved"),
                name="case_mine",
            ),
            models.Index(
                fields=["team", "status", "owner_type"],
                condition=~Q(status="solved"),
                name="case_status",
            ),
            models.Index(
                fields=["snoozed_until"], condition=Q(status="snoozed"), name="case_snoozed"
            ),
        )


class Message(models.Model):
    """One utterance: in, out, or note. `seq` counts per identity without a gap."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="+", db_index=False
    )
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    identity = models.ForeignKey(
        "customers.Identity", models.PROTECT, null=True, related_name="+", db_index=False
    )
    channel = models.ForeignKey(
        "channels.Channel", models.PROTECT, null=True, related_name="+", db_index=False
    )
    seq = models.BigIntegerField(null=True)
    direction = models.TextField()
    visibility = models.TextField(db_default="private")
    parts = models.JSONField()
    subject = models.TextField(db_default="")
    ts = SearchVectorField(null=True)
    author = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    answers = models.BigIntegerField(null=True)
    provider_id = models.TextField(db_default="")  # what the provider calls it
    client_id = models.TextField(null=True)
    context = models.JSONField(db_default=EMPTY)
    automatic = models.BooleanField(db_default=False)
    said_at = models.DateTimeField()  # by the sender's clock
    at = models.DateTimeField(db_default=Now())
    edited_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["identity", "seq"], condition=Q(seq__isnull=False), name="seq_once"
            ),
            models.UniqueConstraint(
                fields=["case", "client_id"],
                # Of what is said here. Theirs comes once by its key, and two devices of one person
                # may count alike.
                condition=Q(client_id__isnull=False) & ~Q(direction="in"),
                name="client_id_once",
            ),
            models.CheckConstraint(
                condition=Q(direction__in=["in", "out", "note"]), name="direction_is_known"
            ),
            models.CheckConstraint(
                condition=Q(direction="note", seq__isnull=True)
                | Q(direction__in=["in", "out"], seq__isnull=False, identity__isnull=False),
                name="only_notes_have_no_seq",
            ),
        )
        indexes = (
            models.Index(fields=["customer", "id"], name="message_thread"),
            models.Index(fields=["case", "id"], name="message_case"),
            models.Index(
                fields=["provider_id"], condition=~Q(provider_id=""), name="message_provider"
            ),
            GinIndex(fields=["ts"], name="message_ts", fastupdate=False),
        )


class Delivery(models.Model):
    """One part on its way to one identity. These rows are the outbox.

    `owner` is the session lock of the sender that has it; `attempt` fences late writers.
    """

    message = models.ForeignKey(Message, models.PROTECT, related_name="+", db_index=False)
    part = models.SmallIntegerField()
    spoken = models.JSONField()  # the part as it was fitted for this channel
    identity = models.ForeignKey(
        "customers.Identity", models.PROTECT, related_name="+", db_index=False
    )
    channel = models.ForeignKey(
        "channels.Channel", models.PROTECT, related_name="+", db_index=False
    )
    state = models.TextField(db_default="pending")
    reason = models.TextField(db_default="")  # held, undo, later; or why it failed
    awaits = models.TextField(db_default="")  # word: of the customer; time: that we chose
    detail = models.TextField(db_default="")
    due_at = models.DateTimeField(db_default=Now())
    attempt = models.IntegerField(db_default=0)
    owner = models.BigIntegerField(null=True)
    attempted_at = models.DateTimeField(null=True)
    provider_id = models.TextField(db_default="")
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["message", "part"], name="part_delivered_once"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["pending", "sent", "delivered", "read", "failed", "uncertain"]
                ),
                name="delivery_state_is_known",
            ),
        )
        indexes = (
            models.Index(
                fields=["channel", "due_at", "id"],
                condition=Q(state="pending", owner__isnull=True),
                name="delivery_due",
            ),
            models.Index(
                fields=["owner"],
                condition=Q(state="pending", owner__isnull=False),
                name="delivery_owned",
            ),
            models.Index(
                fields=["identity", "message", "part"],
                condition=Q(state="pending"),
                name="delivery_turn",
            ),
            models.Index(fields=["identity"], condition=~Q(awaits=""), name="delivery_kept"),
            models.Index(
                fields=["provider_id"], condition=~Q(provider_id=""), name="delivery_provider"
            ),
        )


class EarlyReport(models.Model):
    """A report for a message that we do not know yet; applied by whoever stores the receipt."""

    channel = models.BigIntegerField()
    provider_id = models.TextField()
    state = models.TextField()
    reason = models.TextField(db_default="")
    detail = models.TextField(db_default="")
    at = models.DateTimeField()
    kept_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (
            models.Index(fields=["provider_id"], name="early_report"),
            models.Index(fields=["kept_at"], name="early_report_kept"),
        )


class EarlyChange(models.Model):
    """What came before the words it is about: a reaction, an edit, a withdrawal, an answer.

    `shown` is an edit whose words did not come: it became the message, and they are recognised
    should they come after all.
    """

    kind = models.TextField()  # edit, change, answer, shown
    customer = models.BigIntegerField()  # or, negative: the channel, where nobody knows whose
    provider_id = models.TextField()  # of the words
    message = models.BigIntegerField(null=True)  # which answers them, or was shown
    heard = models.JSONField(null=True)
    kept_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (
            models.Index(fields=["customer", "provider_id"], name="early_change"),
            models.Index(fields=["kept_at"], name="early_change_kept"),
        )


class Reaction(models.Model):
    message = models.ForeignKey(Message, models.PROTECT, related_name="+")
    identity = models.ForeignKey(
        "customers.Identity", models.PROTECT, related_name="+", db_index=False
    )
    emoji = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["message", "identity"], name="one_reaction_each"),
        )


class Revision(models.Model):
    """What a message said before it was edited or withdrawn."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="+")
    parts = models.JSONField()
    at = models.DateTimeField(db_default=Now())


class Attachment(models.Model):
    """A file of a message: waiting to be fetched, ready, or refused with a reason."""

    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="+")
    ordinal = models.SmallIntegerField(db_default=0)  # the index of its part
    channel = models.ForeignKey(
        "channels.Channel", models.PROTECT, null=True, related_name="+", db_index=False
    )
    journal = models.BigIntegerField(null=True)  # where the raw mail is that holds it
    staff = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    identity = models.BigIntegerField(null=True)  # the visitor who uploaded it
    mime = models.TextField()
    name = models.TextField(db_default="")
    size = models.BigIntegerField(db_default=0)
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    sha256 = models.TextField(db_default="")
    state = models.TextField(db_default="pending")
    reason = models.TextField(db_default="")
    ref = models.TextField(db_default="")
    tries = models.SmallIntegerField(db_default=0)
    due_at = models.DateTimeField(db_default=Now())
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["pending", "ready", "refused"]),
                name="attachment_state_is_known",
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=Q(state="pending"), name="attachment_due"),
            models.Index(
                fields=["at"], condition=Q(message__isnull=True), name="attachment_waiting"
            ),
        )


class Label(models.Model):
    """Another of our channels that the same case came by (one mail to two mailboxes)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    channel = models.ForeignKey(
        "channels.Channel", models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "channel"], name="label_once"),)


class Mention(models.Model):
    message = models.ForeignKey(Message, models.PROTECT, related_name="+", db_index=False)
    staff = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["staff", "message"], name="mention_once"),)


class Draft(models.Model):
    """What somebody has begun to write in a case, per person."""

    staff = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+", db_index=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    text = models.TextField(db_default="")
    note = models.BooleanField(db_default=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "staff"], name="draft_once"),)


class Device(models.Model):
    """Where somebody's app or browser can be woken. `due`: as soon as the worker can."""

    channel = models.ForeignKey(
        "channels.Channel", models.CASCADE, related_name="+", db_index=False
    )
    space = models.TextField()
    value = models.TextField()
    platform = models.TextField()  # web, apns, fcm
    address = models.TextField()
    keys = models.JSONField(db_default=models.Value({}, models.JSONField()))
    build = models.TextField(db_default="")
    language = models.TextField(db_default="")
    seen_at = models.DateTimeField(db_default=Now())
    due = models.BooleanField(db_default=False)
    due_at = models.DateTimeField(null=True)  # not before: its push service asked us to wait
    tries = models.SmallIntegerField(db_default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["channel", "address"], name="device_once"),)
        indexes = (
            models.Index(fields=["space", "value"], name="device_of"),
            models.Index(fields=["id"], condition=Q(due=True), name="device_due"),
        )


class Post(models.Model):
    """The public place below which people speak: a post, a story, a product's reviews."""

    channel = models.ForeignKey(
        "channels.Channel", models.PROTECT, related_name="+", db_index=False
    )
    provider_id = models.TextField()
    url = models.TextField(db_default="")
    text = models.TextField(db_default="")
    by = models.TextField(db_default="")
    ours = models.BooleanField(db_default=False)
    reach = models.BigIntegerField(db_default=0)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["channel", "provider_id"], name="post_once"),
        )


class Exposure(models.Model):
    """How a message stands in public: below what, how far it reaches, what we did with it."""

    message = models.OneToOneField(Message, models.PROTECT, primary_key=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    above = models.TextField(db_default="")  # the provider's id of what it answers
    reach = models.BigIntegerField(db_default=0)
    rating = models.SmallIntegerField(db_default=0)
    url = models.TextField(db_default="")
    # Hidden, while the later of the two is that it was hidden; liked in the same way.
    hidden_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)
    liked_at = models.DateTimeField(null=True)
    unliked_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    continued_by = models.BigIntegerField(null=True)  # the private message that takes it up
    # ours: it points to this private message, and is not said if that one fails
    points_to = models.BigIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["post", "message"], name="exposure_post"),
            models.Index(
                fields=["points_to"],
                condition=Q(points_to__isnull=False),
                name="exposure_points_to",
            ),
        )


class Moderation(models.Model):
    """Something to be done with public words at the provider's, and what became of it."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="+")
    action = models.TextField()  # hide, unhide, like, unlike, delete
    elsewhere = models.BooleanField(db_default=False)  # somebody did it in the provider's own page
    staff = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    state = models.TextField(db_default="pending")
    detail = models.TextField(db_default="")
    tries = models.SmallIntegerField(db_default=0)
    due_at = models.DateTimeField(db_default=Now())
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["pending", "carried_out", "failed"]),
                name="moderation_state_is_known",
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=Q(state="pending"), name="moderation_due"),
        )

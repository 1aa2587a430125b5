"""Partners and their tokens in Django admin: who they are, what each token is for; a token is shown once, when made."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.domain.partner import MOST_DAYS, SCOPES
from accounts.domain.roles import ADMIN
from accounts.models import Partner, PartnerSubscription, PartnerToken, User
from eventstore.admin import KeyedAdmin

if TYPE_CHECKING:
    PartnersAdmin = admin.ModelAdmin[Partner]
    TokensAdmin = admin.ModelAdmin[PartnerToken]
    SubscriptionsAdmin = admin.ModelAdmin[PartnerSubscription]
    TokensForm = forms.ModelForm[PartnerToken]
    SubscriptionForm = forms.ModelForm[PartnerSubscription]
else:
    PartnersAdmin = TokensAdmin = SubscriptionsAdmin = KeyedAdmin
    TokensForm = SubscriptionForm = forms.ModelForm


def is_admin(request: HttpRequest) -> bool:
    """Whether somebody may say who our partners are."""
    return isinstance(request.user, User) and (request.user.is_superuser or ADMIN in request.user.roles)


@admin.register(Partner)
class PartnerAdmin(PartnersAdmin):
    """Partners. One who has placed orders stays, and is made inactive."""

    list_display = ("name", "id", "is_active", "may_see_personal_data", "requests_per_minute", "joined_at")
    list_filter = ("is_active", "may_see_personal_data")
    search_fields = ("name", "id__exact")

    def formfield_for_dbfield(self, *arguments: Any, **options: Any) -> forms.Field | None:
        """A field that carries along what it was shown with."""
        return super().formfield_for_dbfield(*arguments, show_hidden_initial=True, **options)

    def save_model(self, _request: HttpRequest, obj: Partner, form: Any, change: Any) -> None:
        """Only what was changed on the page: a colleague may have changed the rest since it was shown."""
        obj.save(update_fields=form.changed_data if change else None)

    def has_view_permission(self, request: HttpRequest, *_: Any, **__: Any) -> bool:
        """Admins."""
        return is_admin(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Admins."""
        return is_admin(request)

    def has_add_permission(self, request: HttpRequest, *_: Any, **__: Any) -> bool:
        """Admins."""
        return is_admin(request)

    def has_change_permission(self, request: HttpRequest, *_: Any, **__: Any) -> bool:
        """Admins."""
        return is_admin(request)

    def has_delete_permission(self, *_: Any, **__: Any) -> bool:
        """Nobody."""
        return False


class NewToken(TokensForm):
    """What a new token is for, and until when."""

    scopes = forms.MultipleChoiceField(
        label=_("scopes"), choices=[(scope, scope) for scope in SCOPES], widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = PartnerToken
        fields = ("partner", "name", "scopes", "expires_at")

    def clean_expires_at(self) -> datetime:
        """A time to come, and none so far off that it is never."""
        expires_at: datetime = self.cleaned_data["expires_at"]
        if not timedelta() < expires_at - timezone.now() <= timedelta(days=MOST_DAYS):
            raise forms.ValidationError(_("Choose a time within the next %(days)s days.") % {"days": MOST_DAYS})
        return expires_at


@admin.register(PartnerToken)
class PartnerTokenAdmin(TokensAdmin):
    """Tokens. One is made and revoked, and never changed."""

    list_display = ("__str__", "partner", "scopes", "made_at", "expires_at", "revoked_at", "used_at")
    list_filter = ("partner", "revoked_at", "expires_at")
    search_fields = ("beginning", "name")
    actions = ("revoke",)
    form = NewToken

    def has_view_permission(self, request: HttpRequest, *_: Any, **__: Any) -> bool:
        """Admins."""
        return is_admin(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Admins."""
        return is_admin(request)

    def has_add_permission(self, request: HttpRequest, *_: Any, **__: Any) -> bool:
        """Admins."""
        return is_admin(request)

    def has_change_permission(self, *_: Any, **__: Any) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, *_: Any, **__: Any) -> bool:
        """Nobody."""
        return False

    def save_model(self, request: HttpRequest, obj: PartnerToken, form: Any, *_: Any, **__: Any) -> None:
        """Make the token, and show it this once."""
        said = form.cleaned_data
        made, text = PartnerToken.make(obj.partner, said["name"], said["scopes"], said["expires_at"])
        obj.pk, obj.beginning = made.pk, made.beginning
        told = gettext("The token is %(token)s. Keep it now: it is not shown again.") % {"token": text}
        self.message_user(request, told, messages.WARNING)

    @admin.action(description=_("Revoke the selected tokens"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[PartnerToken]) -> None:
        """They are good for nothing any more."""
        for token in queryset:
            token.revoke()
            self.log_change(request, token, "Revoked.")


class StopSubscription(SubscriptionForm):
    """Whether a subscription is stopped."""

    def clean(self) -> None:
        """It is there, and neither changes nor ends before this is saved."""
        super().clean()
        if not list(PartnerSubscription.objects.select_for_update().filter(pk=self.instance.pk)):
            raise forms.ValidationError(_("Its partner has deleted this subscription a moment ago."))


@admin.register(PartnerSubscription)
class PartnerSubscriptionAdmin(SubscriptionsAdmin):
    """Where partners are told of events: to look at, as they see to it themselves; and to stop one that does harm."""

    list_display = ("__str__", "id", "types", "personal_data", "stopped", "made_at")
    list_filter = ("partner", "stopped", "personal_data")
    search_fields = ("url", "id__exact")
    fields = ("partner", "url", "types", "personal_data", "stopped")
    readonly_fields = ("partner", "url", "types", "personal_data")
    form = StopSubscription

    def save_model(self, _request: HttpRequest, obj: PartnerSubscription, _form: Any, _change: Any) -> None:
        """Nothing but that: its partner may have been given another secret meanwhile."""
        obj.save(update_fields=["stopped"])

    def has_view_permission(self, request: HttpRequest, *_: Any, **__: Any) -> bool:
        """Admins."""
        return is_admin(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Admins."""
        return is_admin(request)

    def has_change_permission(self, request: HttpRequest, *_: Any, **__: Any) -> bool:
        """Admins: whether it is stopped."""
        return is_admin(request)

    def has_add_permission(self, *_: Any, **__: Any) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, *_: Any, **__: Any) -> bool:
        """Nobody."""
        return False

"""An internal note with a secret word: nothing that the requester can open or fetch holds it."""

import json

from playwright.sync_api import expect

from accounts.moment import database_now
from api.services import make_token
from intake.models import Answer, Message
from intake.services import attachments, conversation
from notifications.models import OutboxMessage
from tests.factories.files import PDF, upload

SECRET = "Wolpertinger"
PLACES = ("", "conversation/", "framing/", "path/", "people/", "history/", "discovery/")


def test_a_secret_note_is_nowhere_for_the_requester(
    page, sign_in, work, analyst, requester, outsider, settings, tmp_path, base_url
):
    settings.MEDIA_ROOT = tmp_path
    at = database_now()
    sign_in(page, analyst)
    page.goto(f"/triage/{work.reference}/note/")
    page.get_by_label("Internal note").or_(page.get_by_label("Your note")).fill(f"{SECRET} says no")
    page.get_by_role("button", name="Save internal note").click()
    expect(page.get_by_role("main")).to_contain_text(SECRET)
    note = Message.objects.get(is_internal=True)
    file = [upload(f"{SECRET}.pdf", PDF)]
    attachments.attach(work, file, actor=analyst, at=at, message=note, is_internal=True)
    conversation.write(work, text="We look into it.", actor=analyst, at=at)
    _, secret = make_token(requester, name="x", scope="read", days=1, actor=requester, at=at)
    sign_in(page, requester)
    addresses = [f"/requests/{work.reference}/{place}" for place in PLACES]
    addresses += ["/", "/requests/", "/requests/?format=csv", "/waiting/", "/ask/"]
    for address in addresses:
        read = page.request.get(address).text()
        assert SECRET not in read, address
    headers = {"Authorization": f"Bearer {secret}"}
    for name in ("", "messages/", "clocks/", "questions/"):
        told = page.request.get(f"/api/v1/requests/{work.reference}/{name}", headers=headers)
        assert told.ok
        assert SECRET not in json.dumps(told.json())
    found = page.request.get(f"/api/v1/requests/?q={SECRET}", headers=headers).json()
    assert found["results"] == []
    assert not [m for m in OutboxMessage.objects.all() if SECRET in f"{m.payload}{m.body}"]
    assert not Answer.objects.filter(value__icontains=SECRET).exists()

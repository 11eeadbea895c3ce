"""An LTI platform that others wrote (PyPI: lti1p3platform), behind a server: what it accepts is a second opinion."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from lms_servers.serving import Answer, Asked, Server
from lti1p3platform.exceptions import LtiException
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.membership import Context
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request
from lti1p3platform.response import Response
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService, NamesRoleProvisioningService


class OtherPlatform(Server):
    """One course, one line item; grades as (score, maximum, comment) by user."""

    client_id = "other-client"

    def __init__(self, public_jwk: dict[str, Any], members: list[dict[str, Any]]) -> None:
        super().__init__()
        self.members, self.scores = members, dict[str, dict[str, Any]]()
        self.token_url, self.item_url = f"{self.url}/token", f"{self.url}/items/1"
        self.members_url = f"{self.url}/members"
        private = generate_private_key(public_exponent=65537, key_size=2048)
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        public = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        registered = Registration()
        registered.set_iss(self.url).set_client_id(self.client_id)
        registered.set_platform_private_key(pem.decode()).set_platform_public_key(public.decode())
        registered.set_tool_key_set({"keys": [public_jwk]})
        self.registered = registered

    def respond(self, asked: Asked) -> Answer:
        conf = _Conf(registration=self.registered)
        if asked.path == "/token":
            form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
            try:
                return Answer(200, conf.get_access_token(form))
            except LtiException as refusal:
                return Answer(400, {"error": "invalid_client", "error_description": str(refusal)})
        if asked.path == "/members":
            people = _People(_Request(asked), conf, self.members_url)
            people.members = self.members
            return _answer(people.handle_resp(people.handle_get_members))
        grades = _Grades(
            _Request(asked), conf, f"{self.url}/items", self.item_url, allow_creating_lineitems=False
        )
        grades.platform = self
        call = {
            ("GET", "/items/1"): grades.handle_get_lineitem,
            ("GET", "/items/1/results"): grades.handle_get_results,
            ("POST", "/items/1/scores"): grades.handle_update_score,
        }[asked.method, asked.path]
        return _answer(grades.handle_resp(call, line_item_id="1"))


class _Conf(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, **kwargs: Any) -> None:
        self._registration = kwargs["registration"]

    def get_registration_by_params(self, **kwargs: Any) -> Registration:
        return self._registration


class _Request(Request):
    def build_metadata(self, request: Asked) -> Any:
        query = {name: values[0] for name, values in request.query.items()}
        body = json.loads(request.body) if request.body else None
        return {"method": request.method, "form_data": {}, "get_data": query, "path": request.path, "json": body,
                "headers": {"Authorization": request.header("authorization")},
                "content_type": request.header("content-type")}  # fmt: skip


class _Grades(AssignmentsGradesService):
    platform: OtherPlatform

    def find_lineitem(self, line_item_id: str) -> Any:
        return {"id": self.platform.item_url, "label": "Week 12", "scoreMaximum": 100}

    def update_score(self, line_item_id: str, score: Any) -> UpdateScoreStatus:
        before = self.platform.scores.get(score["userId"])
        if before and before["timestamp"] >= score["timestamp"]:
            return UpdateScoreStatus.OLD_TIMESTAMP
        self.platform.scores[score["userId"]] = score
        return UpdateScoreStatus.SUCCESS if before else UpdateScoreStatus.CREATED

    def get_results(self, line_item_id: str, page: int = 1, limit: Any = None, user_id: Any = None) -> Any:
        found = [
            {"id": f"{self.platform.item_url}/results/{user}", "userId": user, "resultMaximum": 100,
             "resultScore": score["scoreGiven"] * 100 / score["scoreMaximum"], "comment": score.get("comment")}
            for user, score in self.platform.scores.items() if user_id in (None, user)
        ]  # fmt: skip
        return {"content": found, "has_next": False}

    def _unused(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError

    find_lineitems = create_lineitem = update_lineitem = delete_lineitem = _unused


class _People(NamesRoleProvisioningService):
    members: list[dict[str, Any]]

    def get_context_by_id(self) -> Context:
        return Context("7", "ML", "Machine learning")

    def get_member_data_page(
        self, page: int = 1, limit: Any = None, role: Any = None, since: Any = None
    ) -> Any:
        return {"content": self.members, "has_next": False}


def _answer(response: Response) -> Answer:
    result = response.result
    if isinstance(result, dict) and "content" in result:
        result = result["content"]
    return Answer(response.code, result if result is not None else response.message, response.media_type)

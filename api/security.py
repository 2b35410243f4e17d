"""Who may do what: API keys of companies, and the admin's."""

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Query, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from api.problems import KeyMissing
from api.services import Wired
from domain.errors import InvalidInput, NotAllowed
from domain.identity import CompanyId, parse_company, parse_phone
from domain.work import AgentRef

_bearer = HTTPBearer(auto_error=False, scheme_name="bearer", description="`Authorization: Bearer <API key>`")
_header = APIKeyHeader(name="X-API-Key", auto_error=False, scheme_name="apiKey", description="`X-API-Key: <API key>`")


@dataclass(frozen=True)
class Caller:
    """Whose key it is; no company: the admin's."""

    company: CompanyId | None

    def may_act_for(self, company: CompanyId) -> bool:
        """The admin may act for every company, everybody else for their own."""
        return self.company in (None, company)


async def _caller(
    services: Wired,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    header: Annotated[str | None, Security(_header)],
) -> Caller:
    key = bearer.credentials if bearer else header
    if not key:
        raise KeyMissing("send an API key: `Authorization: Bearer <key>` or `X-API-Key: <key>`")
    admin = services.settings.perennial_admin_key.get_secret_value()
    if hmac.compare_digest(key.encode("utf-8", "replace"), admin.encode()):
        return Caller(company=None)
    company = await services.keys.company_of(key)
    if company is None:
        raise KeyMissing("this API key is wrong or was revoked")
    return Caller(company=company)


SignedIn = Annotated[Caller, Depends(_caller)]
"""Anybody with a valid key."""


async def _admin(caller: SignedIn) -> Caller:
    if caller.company is not None:
        raise NotAllowed("only the admin key may do this")
    return caller


Admin = Annotated[Caller, Depends(_admin)]
"""The admin alone."""


async def _company(
    caller: SignedIn,
    services: Wired,
    company: Annotated[
        str | None, Query(description="Whose data: needed with the admin key, and only there.", examples=["lola"])
    ] = None,
) -> CompanyId:
    if company is None:
        if caller.company is None:
            raise InvalidInput("query.company: the admin key acts for every company, so name one with ?company=")
        return caller.company
    wanted = parse_company(company)
    if not caller.may_act_for(wanted):
        raise NotAllowed(f"this key is not one of {wanted}'s")
    if caller.company is None:
        # Raises NotFound: nobody may start an agent of a company that does not exist.
        await services.connections.companies.business(wanted)
    return wanted


OfCompany = Annotated[CompanyId, Depends(_company)]
"""The company a request is about: the key's own, or the one that the admin names."""


def _company_in_path(caller: SignedIn, company: Annotated[str, Path(examples=["lola"])]) -> CompanyId:
    wanted = parse_company(company)
    if not caller.may_act_for(wanted):
        raise NotAllowed(f"this key is not one of {wanted}'s")
    return wanted


CompanyInPath = Annotated[CompanyId, Depends(_company_in_path)]
"""The company that the address names, if the key may act for it. It need not exist."""


async def _agent(
    company: OfCompany,
    services: Wired,
    phone: Annotated[
        str,
        Path(
            description="A phone of the customer in E.164 (`+525512345678`), also a former one, or WhatsApp's user id.",
            examples=["+525512345678"],
        ),
    ],
) -> AgentRef:
    # A + that was not encoded arrives as a space from clients that treat paths like forms.
    identity = parse_phone("+" + phone[1:] if phone.startswith(" ") else phone)
    return await services.identities.agent_of(company, identity)


OfAgent = Annotated[AgentRef, Depends(_agent)]
"""The agent that the address and the key name together. It need not exist."""

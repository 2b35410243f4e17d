"""Companies: their settings, products and keys."""

from http import HTTPStatus

from fastapi import APIRouter
from pydantic import BaseModel, Field

from activities.keys import KeyRecord, key_id_of
from api.bodies import CompanyBody, KeyBody, ProductsBody
from api.security import Admin, CompanyInPath
from api.services import Wired
from domain.company import Company, Product
from domain.errors import InvalidInput
from domain.identity import CompanyId

WITHOUT_SECRETS = {"channel": {"access_token"}}

router = APIRouter(prefix="/api/companies", tags=["companies"])


class CompanyName(BaseModel):
    """A company in the list."""

    id: CompanyId
    name: str


class CompanyList(BaseModel):
    """Every company."""

    companies: list[CompanyName]


class ProductList(BaseModel):
    """What a company sells, in the order in which it is shown."""

    products: list[Product]


class CompanyChanged(BaseModel):
    """The settings are in force from the agents' next thought."""

    id: CompanyId
    version: int


class NewKey(BaseModel):
    """A key, shown this once."""

    key_id: str
    key: str = Field(description="Keep it now: only its hash is stored.")


class KeyList(BaseModel):
    """A company's keys, revoked ones included."""

    keys: list[KeyRecord]


@router.get("")
async def list_companies(_admin: Admin, services: Wired) -> CompanyList:
    """Every company; with the admin key."""
    found = await services.connections.companies.all()
    return CompanyList(companies=[CompanyName(id=company, name=name) for company, name in found])


@router.get("/{company}", response_model_exclude=WITHOUT_SECRETS)
async def get_company(company: CompanyInPath, services: Wired) -> Company:
    """The company's settings, as `PUT` takes them; the access token is never shown."""
    return (await services.connections.companies.business(company)).company


@router.put("/{company}")
async def put_company(company: CompanyInPath, body: CompanyBody, services: Wired) -> CompanyChanged:
    """Creates a company or replaces its settings. An access token that is left out stays as it is."""
    if body.id != company:
        raise InvalidInput(f"body.id: is {body.id!r}, and the address says {company!r}")
    return CompanyChanged(id=company, version=await services.connections.companies.change(body))


@router.get("/{company}/products")
async def get_products(company: CompanyInPath, services: Wired) -> ProductList:
    """What the company sells."""
    return ProductList(products=(await services.connections.companies.business(company)).products)


@router.put("/{company}/products")
async def put_products(company: CompanyInPath, body: ProductsBody, services: Wired) -> ProductList:
    """Replaces all products at once."""
    skus = [product.sku for product in body.products]
    if len(set(skus)) < len(skus):
        raise InvalidInput("body.products: two products have the same sku; each needs its own")
    await services.connections.companies.change_products(company, body.products)
    return ProductList(products=body.products)


@router.post("/{company}/keys", status_code=HTTPStatus.CREATED)
async def create_key(_admin: Admin, company: CompanyInPath, body: KeyBody, services: Wired) -> NewKey:
    """A new API key of the company; with the admin key."""
    key = await services.keys.create(company, body.label)
    return NewKey(key_id=key_id_of(key) or "", key=key)


@router.get("/{company}/keys")
async def list_keys(_admin: Admin, company: CompanyInPath, services: Wired) -> KeyList:
    """The company's keys without their secrets; with the admin key."""
    return KeyList(keys=await services.keys.list(company))


@router.delete("/{company}/keys/{key_id}", status_code=HTTPStatus.NO_CONTENT)
async def revoke_key(_admin: Admin, company: CompanyInPath, key_id: str, services: Wired) -> None:
    """The key opens nothing from this moment; with the admin key."""
    await services.keys.revoke(company, key_id)

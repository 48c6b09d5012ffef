def test_smoke(api):
    c = api.customer(); p = api.product(stock=5)
    o = api.order(c, (p, 2))
    print(o, api.get("/order/").json(), api.get(f"/order/{o['id']}/").json(), api.stock(p))
    r = api.put(f"/order/{o['id']}", {"customer": c, "products": [p]})
    print(r, r.content, api.stock(p))
    print(api.delete(f"/customer/{c['id']}/").content, api.delete(f"/product/{p['id']}/").content)
    print(api.delete(f"/order/{o['id']}/"), api.stock(p))
    for path in ["/nope", "/customer/abc", "/customer/99999999999999999999/", "/health/", "/ping", "/openapi.json", "/docs", "/order/?limit=0&after=x"]:
        r = api.get(path); print(path, r, r.content[:300])
    r = api.post("/customer/5/", {}); print(r, r.headers, r.content)
    for body in ["{", {"name": ""}, {"name": "\ud800"}, [], None, {"name": "x", "price": 1.234}, {"name":"x","price":"1e5"}, '{"name":"x","price":1e5}', '{"name":"x","price":NaN}']:
        r = api.post("/product/", body); print(body, r, r.content)
    r = api.post("/order/", {"customer": {"id": 77}, "products": [{"id": "x"}]}); print(r, r.content)

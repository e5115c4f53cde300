import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore

/// What is told to anyone.
@Suite struct `A probe` {
    @Test(arguments: [
        (RequestHeader.caller, "eva"), (.authorization, "Basic Zm9vOmJhcg=="), (.authorization, "Bearer x"),
    ])
    func `is answered whatever credentials it brings`(header: RequestHeader, value: String) async throws {
        let shop = try APIShop(workflows: [])
        for target in ["/healthz", "/readyz", "/version"] {
            let reply = await shop.send(Example.Step(.get, target, [(header, value)]), as: nil)
            #expect(reply.status == 200, "\(target): \(reply.text)")
        }
    }

    @Test func `that meets a defect is logged without what was asked for`() {
        let reply = Problem.defect("the page is torn").reply(requestID: "r-1", instance: "/v1/orders/secret-7")
        #expect(reply.defect == "the page is torn" && reply.status == 500)
        #expect(Problem(.notFound, "there is nothing").reply(requestID: "r-1", instance: "/").defect == nil)
    }
}

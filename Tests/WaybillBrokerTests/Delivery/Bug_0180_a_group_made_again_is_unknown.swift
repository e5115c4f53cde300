import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine

@Suite struct `Bug 0180: a group is deleted and made again in one write` {
    /// Memory learned of both in any order, and forgot the name when it learned of the end last. Many names, because
    /// the order was that of a dictionary.
    @Test func `receives under its name`() async throws {
        let shop = try ReopenedBroker()
        try await shop.driver.begin("points")
        for number in 0..<16 {
            let name = GroupName("group-\(number)")
            try await shop.driver.createGroup(name, GroupSettings())
            #expect(shop.engine.areRefused([DeleteGroup(name), KeepGroup(name, GroupSettings())]) == [false, false])
            let request = ReceiveRequest(group: name, subscription: Subscription("orders"), client: "c")
            #expect(try await shop.engine.receive(request).get().isEmpty, "\(name)")
        }
    }
}

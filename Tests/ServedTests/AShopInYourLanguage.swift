import Foundation
import Testing

/// The programs of the page `AShopInYourLanguage.md`, as they stand there, against a server.
@Suite(.serialized) struct `A shop in another language` {
    @Test func `sells in Python from checkout to shipping, and prints what the page says`() throws {
        let shop = try PageShop()
        try shop.write("shop.py", try shop.page.code("python"))
        let day = try shop.run("python3", "shop.py")
        #expect(day.status == 0, "\(day.errors)")
        #expect(try day.output == shop.page.code("text"))
    }

    @Test func `does the same in Python when the first answer to each request is lost`() throws {
        let shop = try PageShop()
        try shop.write("shop.py", try shop.page.code("python"))
        let day = try shop.run("python3", Self.lossy, "shop.py")
        #expect(day.status == 0, "\(day.errors)")
        #expect(try day.output == shop.page.code("text"))
        let lost = try #require(day.errors.firstMatch(of: #/(\d+) answers were lost/#).flatMap { Int($0.1) })
        #expect(lost > 20)
    }

    @Test func `is found out when it repeats a request under another key`() throws {
        let shop = try PageShop()
        let program = try shop.page.code("python")
        let planted = program.replacing(
            "        connection = http.client",
            with: "        if key is not None:\n            headers[\"Idempotency-Key\"] = str(uuid.uuid4())\n"
                + "        connection = http.client")
        try #require(planted != program)
        try shop.write("shop.py", planted)
        let day = try shop.run("python3", Self.lossy, "shop.py")
        #expect(day.status != 0 && day.errors.contains("order-42 exists"), "\(day.errors)")
    }

    @Test(.enabled(if: Compiler.java.isThere, "there is no javac here, so the Java of the page is not compiled"))
    func `checks out in Java, and reads why not`() throws {
        let shop = try PageShop()
        try shop.write("Checkout.java", try shop.page.code("java"))
        let compiled = try shop.run("javac", "Checkout.java")
        try #require(compiled.status == 0, "\(compiled.errors)")
        let bought = try shop.run("java", "-cp", ".", "Checkout")
        #expect(bought.status == 0, "\(bought.errors)")
        let once = "Your order is awaiting payment.\n"
        #expect(bought.output == once + once + "Only 98 left of mug.\n")
    }

    @Test(.enabled(if: Compiler.go.isThere, "there is no Go here, so the Go of the page is not compiled"))
    func `ships in Go what was paid`() throws {
        let shop = try PageShop()
        try shop.write("shop.py", try shop.page.code("python"))
        let paid = try shop.run("python3", "-c", Self.pay)
        try #require(paid.status == 0, "\(paid.errors)")
        try shop.write("ship.go", try shop.page.code("go"))
        let shipped = try shop.run("go", "run", "ship.go")
        #expect(shipped.status == 0, "\(shipped.errors)")
        #expect(shipped.output == "order-71 is awaiting receipt\norder-72 is awaiting receipt\n")
    }

    private static let lossy = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("lossy.py").path

    /// Two orders that are paid.
    private static let pay = """
        import shop
        for cart in ("71", "72"):
            shop.check_out(cart, 1, "ann", [("mug", 1, 900)])
            shop.take_payment({"order": f"order-{cart}", "payment": cart, "channel": "card", "amount_cents": 1500})
        """
}

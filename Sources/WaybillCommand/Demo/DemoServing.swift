import Waybill
import WaybillAccess
import WaybillCore
import WaybillServer

/// The end of a demo that a person watches: its file is served, with its modules, until Ctrl-C.
struct DemoServing {
    let file: String
    let order: OrderID

    func run() async throws {
        let book = try OrderBook.open(file)
        do {
            let modules = try ServedModules("cart,points,coupons,notifications,gift-pack", of: file)
            try await modules.install(in: book)
            var settings = BookServer.Settings()
            settings.http = HTTPAddress(host: "127.0.0.1", port: 0)
            let socket = file + ".sock"
            // The file is the demo's own: without a socket for its owner no request needs a token.
            settings.isOpen = socket.utf8.count > SocketPath.bytesMax
            settings.offersFirstCode = true
            settings.operations = ModuleRoutes.operations(of: modules.names)
            try await BookServer(book, settings: settings).run { at in show(at) }
        } catch {
            await book.close()
            throw error
        }
        await book.close()
    }

    private func show(_ at: ServedAt) {
        let http = at.url ?? ""
        // curl takes no longer path.
        let socket = at.socket.flatMap { $0.utf8.count > SocketPath.bytesMax ? nil : $0 }
        let curl = socket.map { "curl -sS --unix-socket '\($0)'" } ?? "curl -sS"
        let base = socket == nil ? http : "http://waybill"
        let signIn = at.firstCode.map { ", and sign in with the code \($0)" } ?? ""
        let lines = [
            "", "The shop is served at \(http), until Ctrl-C: look at it in a browser\(signIn).",
            "Or try in another terminal:", "",
            "  \(curl) \(base)/v1/orders/\(order)", "  \(curl) \(base)/v1/orders/\(order)/why",
            // The demo has its goods at two places.
            "  \(curl) '\(base)/v1/stock/mug/receive?location=north' -H 'Content-Type: application/json' "
                + "-d '{\"quantity\":5}'",
        ]
        for line in lines { Output.standard.line(line.printable) }
        Output.standard.flush()
    }
}

import Foundation
import ShopModules
import Waybill

/// The modules that a server runs: those of `--modules`.
struct ServedModules {
    let names: [String]
    private let modules: [any ShopModule]

    /// - Parameter list: names with commas between them; empty: none.
    init(_ list: String, of file: String, world: World = .system) throws(CommandFailure) {
        names = list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let sender = FileSender(path: Self.notices(beside: file))
        let all = ShippedModules.first(world: world, sender: sender.send) + [GiftPack()]
        var modules: [any ShopModule] = []
        for name in names {
            guard let module = all.first(where: { $0.name.description == name }) else {
                let there = all.map(\.name.description).joined(separator: ", ")
                throw CommandFailure("--modules has '\(name)'; there are \(there)", status: .misused)
            }
            guard !modules.contains(where: { $0.name == module.name }) else {
                throw CommandFailure("--modules names \(name) twice", status: .misused)
            }
            modules.append(module)
        }
        self.modules = modules
    }

    /// Where mails and short messages go: a line each.
    private static func notices(beside file: String) -> String {
        "\((file as NSString).deletingPathExtension)-notices.jsonl"
    }

    /// Lets them work, each from where it was.
    func install(in book: OrderBook) async throws {
        for module in modules { try await book.install(module) }
    }
}

import FlashSale
import ShopModules
import Waybill

/// The modules that come with Waybill.
enum ShippedModules {
    /// As they are checked: nothing is installed, nothing is sent.
    static let checked: [any ShopModule] =
        first(world: .system) { _ in throw NoticeNotSent("a check sends nothing") } + [GiftPack()]

    /// Those that a shop begins with.
    static func first(world: World, sender: @escaping Notifications.Sender) -> [any ShopModule] {
        [Cart(), Points(), Coupons(world: world), Notifications(noticesAtOnce: 100, sender: sender)]
    }
}

extension ModuleShelf {
    /// The modules that come with Waybill, under their own names. Their notices go nowhere.
    static let shipped = ModuleShelf { name, world in
        let modules = ShippedModules.first(world: world) { _ in } + [GiftPack()]
        return modules.first { $0.name.description == name }
    }
}
